"""WeChat's dialect: requests, replies, names and error codes."""
