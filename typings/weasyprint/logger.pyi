import logging

LOGGER: logging.Logger
