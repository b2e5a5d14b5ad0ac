"""Scores to events: thresholds, hysteresis, refractory times."""

from gesturelrcn.decoding.decoder import Decoder, DecoderSettings, Evidence
from gesturelrcn.decoding.hands import acting_hand

__all__ = ["Decoder", "DecoderSettings", "Evidence", "acting_hand"]
