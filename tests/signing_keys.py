from functools import cache

from cryptography.hazmat.primitives.asymmetric import rsa


@cache
def rsa_key(name: str) -> rsa.RSAPrivateKey:
    """Returns the same key for the same name, because making one takes longer than a sign-in."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)
