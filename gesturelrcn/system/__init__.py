"""The process and its files: workers, memory, threads, files."""
