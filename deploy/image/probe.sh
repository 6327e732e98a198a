#!/bin/bash
# Whether the service in this container answers 200 at a path, /livez unless another is given. The shell itself speaks to
# it, so that a probe costs no start of Node (3 ms of CPU rather than 40) and the image needs no HTTP client.
exec 3<>"/dev/tcp/127.0.0.1/${PORT:?}" || exit 1
printf 'GET %s HTTP/1.0\r\n\r\n' "${1:-/livez}" >&3
read -r -t 3 _ status _ <&3
[ "$status" = 200 ]
