"""The console: web pages to try the reading, and for the operator to run the server."""
