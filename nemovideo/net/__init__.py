"""Everything that touches the network or the disk."""

__all__: list[str] = []
