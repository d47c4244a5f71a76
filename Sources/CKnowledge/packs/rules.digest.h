// SHA-256 of rules.pack: 0c126e155033d45c8a9f7c043d3eb34ed446dec7a4ff983f9b68dfdb3306c4e3
