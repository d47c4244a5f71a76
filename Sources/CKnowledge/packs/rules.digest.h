// SHA-256 of rules.pack: ea3bfc48899c26df50e880cbca65a8df72b406a37729c8b164fa8da28731de4f
