import logging
import re

PATTERNS = [
    (r"password[\"\s:=]+([^\s'\"]+)", "password=HIDDEN"),
    (r"ghp_[a-zA-Z0-9]{36}", "HIDDEN"),
]


def scrub(text):
    """Hides what looks like a secret."""
    for pattern, replacement in PATTERNS:
        text = re.sub(pattern, replacement, text, flags=re.IGNORECASE)
    return text


logger = logging.getLogger()
logger.addFilter(lambda record: scrub(record.getMessage()))
