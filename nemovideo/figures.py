"""How numbers are written for people."""

__all__ = ["in_figures"]


def in_figures(amount: float) -> str:
    """Write an amount of credits: `2,000,000.5`, never `2e+06`."""
    return f"{amount:,.10g}"
