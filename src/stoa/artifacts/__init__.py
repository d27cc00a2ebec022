"""Trained models on disk: safetensors and a card, whole or not at all."""
