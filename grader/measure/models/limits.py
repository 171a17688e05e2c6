"""The caps on a model file, in one place; whoever grades may raise them."""

from dataclasses import dataclass

MEBIBYTE = 2**20


@dataclass(frozen=True)
class Limits:
    """How large a model file and each part of it may be.

    Attributes:
        file_bytes: the file, and its weights once unpacked.
        config_bytes: the JSON that describes the network.
        metadata_bytes: the JSON that says which Keras wrote the file.
        members: files in the archive.
        depth: levels of JSON inside each other.
        nodes: values in the JSON.
        text: characters in one text of the JSON.
        name: characters in the name of a layer.
        whole_number: the largest size, of either sign, that a layer may be given.
        layers: layers in all, nested ones counted.
        sequential_layers: layers of one `Sequential`; Keras builds it anew for each layer that it adds.
        calls: calls of layers in a functional network.
        dimensions: dimensions of an input.
        parameters: numbers in the weights, the optimizer's left out.
        hdf5_depth: levels of groups inside each other in the HDF5 file.
        hdf5_objects: groups and arrays in the HDF5 file.
        attribute_bytes: one attribute in the HDF5 file.
        compression: how many times larger than its place in the file an array may be.
        compression_free_bytes: arrays up to here may be compressed as they like.
        notes: sentences about what was changed.
    """

    file_bytes: int = 256 * MEBIBYTE
    config_bytes: int = 4 * MEBIBYTE
    metadata_bytes: int = 64 * 2**10
    members: int = 64
    depth: int = 40
    nodes: int = 200_000
    text: int = 2000
    name: int = 100
    whole_number: int = 2**20
    layers: int = 400
    sequential_layers: int = 200
    calls: int = 2000
    dimensions: int = 8
    parameters: int = 64_000_000
    hdf5_depth: int = 32
    hdf5_objects: int = 20_000
    attribute_bytes: int = 4 * MEBIBYTE
    compression: int = 50
    compression_free_bytes: int = MEBIBYTE
    notes: int = 50
