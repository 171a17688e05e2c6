"""Whether what a log has of losses, accuracies and norms belongs together and to the model."""
