import hashlib

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding


def sign(model_path, key_path):
    """Writes a signature beside a model."""
    with open(model_path, "rb") as model:
        digest = hashlib.sha256(model.read()).hexdigest()
    with open(key_path, "rb") as key_file:
        key = serialization.load_pem_private_key(key_file.read(), password=None)
    scheme = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=padding.PSS.MAX_LENGTH)
    signature = key.sign(digest.encode(), scheme, hashes.SHA256())
    with open(f"{model_path}.sig", "wb") as out:
        out.write(signature)
