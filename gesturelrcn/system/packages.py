"""Which packages are installed beside this one."""


def installed_version(package: str) -> str | None:
    """The version of a package as pip names it, or None where it is not installed."""
    import importlib.metadata  # it loads the library for e-mail: too much for every start of every command

    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None
