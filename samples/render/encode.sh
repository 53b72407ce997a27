#!/bin/sh
# Turns rendered frames into a clip. Usage: encode.sh FRAMES_FOLDER CLIP.mp4
# The noise is the sensor's: without it, stretches in which nothing moves would be a still picture.
set -eu
for pass in 1 2; do
  if [ "$pass" = 1 ]; then target=/dev/null; else target="$2"; fi
  ffmpeg -hide_banner -loglevel error -nostdin -y -framerate 10 -i "$1/frame-%04d.png" \
    -vf "noise=c0s=5:c0f=t:all_seed=7,format=yuv420p" -c:v libx264 -preset slow -profile:v high -bf 0 -g 10 -keyint_min 10 -sc_threshold 0 \
    -b:v 300k -maxrate 900k -bufsize 1200k -pass "$pass" -passlogfile "$1/x264" -movflags +faststart -an -f mp4 "$target"
done
