"""The walls around a worker: a process of its own, with limits on time and memory."""
