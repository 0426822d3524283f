#!/bin/sh
# Copies the judged model to where it is served from.
set -eu
: "${BRATTICE_SUBJECT:?start me with \`brattice gate … -- ./deploy.sh\`}"
: "${DEPLOY_DIR:?the directory to deploy to}"
mkdir -p "$DEPLOY_DIR"
cp -R "$BRATTICE_SUBJECT/." "$DEPLOY_DIR/"
