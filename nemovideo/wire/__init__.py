"""The protocol itself, without a socket: requests as values, replies read, streams decoded."""

__all__: list[str] = []
