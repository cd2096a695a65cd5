"""What all assets are drawn with: stage, words, logos, sender bar; cards and posters."""
