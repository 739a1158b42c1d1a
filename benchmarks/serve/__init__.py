"""What ``bench_serve.py`` is made of: the servers, the browser, the crowd, the figures."""
