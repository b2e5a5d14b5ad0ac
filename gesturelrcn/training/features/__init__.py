"""What the CNNs say of clips: features of the recurrent part."""
