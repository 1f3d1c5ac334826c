"""What workloads run on: one narrow contract, one folder or module per runtime."""
