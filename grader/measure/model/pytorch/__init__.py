"""Models of PyTorch, from a `.pt` file or one of safetensors: nothing in them is unpickled or called.

The steps: the arrays by their names (`walker` and `archive`, or `safetensors`), which of them are the network
(`state_dict`) and its optimizer (`optimizer`), and the network in Keras' terms (`modules`).
"""
