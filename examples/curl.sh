#!/bin/sh
# Read a picture with curl: curl.sh comm|driving FILE|URL
set -eu

new_token() {
  grant="grant_type=client_credential&appid=$SHIZI_APPID&secret=$SHIZI_SECRET"
  reply=$(curl -sS "$SHIZI_URL/cgi-bin/token?$grant")
  case $reply in
    *'"access_token":"'*) ;;
    *) printf '%s\n' "$reply" >&2; exit 1 ;;
  esac
  reply=${reply#*'"access_token":"'}
  printf '%s' "${reply%%'"'*}"
}

read_picture() { # API FILE|URL TOKEN
  url="$SHIZI_URL/cv/ocr/$1?access_token=$3"
  case $2 in
    http*) curl -sS -G -X POST --data-urlencode "img_url=$2" "$url" ;;
    *) curl -sS -F "img=@$2" "$url" ;;
  esac
}

token=${SHIZI_TOKEN:-$(new_token)} # one from before, if any
reply=$(read_picture "$1" "$2" "$token")
case $reply in
  *'"errcode":40001,'* | *'"errcode":42001,'*) # the token is of no use any more
    token=$(new_token)
    reply=$(read_picture "$1" "$2" "$token") ;;
esac
printf '%s\n' "$reply"
