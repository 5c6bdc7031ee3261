"""The image of `deploy/Dockerfile`, built and run: where podman, buildah and debootstrap are, as root."""
