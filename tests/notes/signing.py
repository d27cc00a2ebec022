"""A signer for tests."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class SeedSigner:
    """Signs with a key made of a seed."""

    def __init__(self, seed: bytes = b"\x01" * 32) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    @property
    def public_key(self) -> bytes:
        return self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)
