"""Finds faces in snapshots, and the expression each one shows. Importing this loads neither TensorFlow nor OpenCV."""

import os

# Networks are converted on TensorFlow, whatever ~/.keras/keras.json says; training may choose another backend.
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
# TensorFlow starts with a dozen log lines about the CPU; this keeps its warnings and errors.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
# OpenCV's own default lets one image take 3 GB. OpenCV reads this when it is imported.
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(64 * 1024 * 1024))
