"""Remote write 1.0 as the scripts in this folder send it: the bytes of a series, and the request that has them."""
import struct, urllib.request


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes(out + bytes([number]))


def field(number, body):
    return varint(number << 3 | 2) + varint(len(body)) + body


def labels(pairs):
    """The labels of a series; pairs of name and value, by name."""
    return b"".join(field(1, field(1, name.encode()) + field(2, value.encode())) for name, value in pairs)


def sample(value, at):
    """A sample of a series; at in ms."""
    return field(2, b"\x09" + struct.pack("<d", value) + b"\x10" + varint(at))


def series(labels, samples):
    """A series of a request, of its labels and its samples as bytes."""
    return field(1, labels + samples)


def request(url, body):
    """The request that writes series to a system whose API begins at a URL."""
    return urllib.request.Request(url + "/api/v1/write", snappy(body), {
        "Content-Type": "application/x-protobuf", "Content-Encoding": "snappy", "X-Prometheus-Remote-Write-Version": "0.1.0"})


def snappy(body):
    # One literal: what has to be read as Snappy need not be compressed.
    return varint(len(body)) + b"\xfc" + struct.pack("<I", len(body) - 1) + body
