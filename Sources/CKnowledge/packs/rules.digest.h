// SHA-256 of rules.pack: 4346117a8c8f03034b67e78bda76fe5a9d6ca96f6c7e93ca029ffc7eaabc3e53
