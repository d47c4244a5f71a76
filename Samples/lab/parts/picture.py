"""A picture that costs nothing: a valid grey JPEG of one pixel that carries a comment of noise, so sizes differ."""
import random

PIXEL = bytes.fromhex(
    "ffdb004300030202020202030202020303030304060404040404080606050609080a0a090809090a0c0f0c0a0b0e0b09090d110d0e0f101011"
    "100a0c12131210130f101010ffc9000b080001000101011100ffcc000600101005ffda0008010100003f00d2cf20ffd9")
JFIF = bytes.fromhex("ffd8ffe000104a46494600010101004800480000")


def jpeg(rng: random.Random, size: int) -> bytes:
    return JFIF + b"\xff\xfe" + (size + 2).to_bytes(2, "big") + rng.randbytes(size) + PIXEL
