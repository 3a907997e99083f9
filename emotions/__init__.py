"""Faces in snapshots, and the expression each one shows. Importing this loads neither TensorFlow nor OpenCV."""

import os

# Networks are converted on TensorFlow, whatever ~/.keras/keras.json says; training may choose another backend.
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
# TensorFlow greets every start with a dozen lines about the CPU; its warnings and errors stay.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
# OpenCV's own default lets one image take 3 GB. It reads this when it is imported.
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(64 * 1024 * 1024))
