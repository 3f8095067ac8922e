"""What `airside doctor` looks at. Every examination stands alone and says how to mend what it finds."""
