"""Which packages are installed beside this one."""


def installed_version(package: str) -> str | None:
    """The version of a package as pip names it, or None where it is not installed."""
    import importlib.metadata  # it loads the library for e-mail: too much for every start of every command

    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def wanted(package: str) -> str:
    """A package with the versions that gesturelrcn works with, quoted for a shell: `'numpy>=1.24,<3'`."""
    import importlib.metadata

    try:
        requirements = importlib.metadata.requires("gesturelrcn") or []
    except importlib.metadata.PackageNotFoundError:
        requirements = []
    for requirement in requirements:
        specified = requirement.partition(";")[0].strip()
        if specified[len(package) :][:1] in tuple("<>=!~") and specified.startswith(package):
            return f"'{specified}'"
    return package
