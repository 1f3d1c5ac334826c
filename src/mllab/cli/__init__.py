"""The command line: `mllab <noun> <verb>`."""
