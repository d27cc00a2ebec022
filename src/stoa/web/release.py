"""The version of Stoa that is installed."""

from importlib.metadata import version

VERSION = version("stoa")
