"""The SOPS format: what the `sops` program encrypted is decrypted and verified in this process."""
