// SHA-256 of rules.pack: 2db8acc9498b6acea97e837b2829a4fcab145fe9e317dc019b0bc05f75bd7115
