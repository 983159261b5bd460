/* SPDX-License-Identifier: MIT */
/* The daemon's control socket, used by fnq: a Unix stream socket, one JSON object per line,
 * at most 64 KiB.
 *
 *   {"v":1,"id":7,"cmd":"scan","path":"/home/a/Pictures","accept":false}
 *   {"v":1,"id":7,"ok":true,...}  or
 * {"v":1,"id":7,"ok":false,"error":{"code":"not-found","text":"..."}}
 *
 * Commands: status, nudge (labels changed: update clusters), pause {"until":unix}, resume, scan
 * {"path","accept"}, watch-add {"path"}, watch-remove {"path"}, reload, subscribe (then one
 * status object per change, as {"event":"status",...}). */
#ifndef FN_INDEX_PROTOCOL_H
#define FN_INDEX_PROTOCOL_H

#define FN_PROTOCOL_VERSION  1
#define FN_PROTOCOL_LINE_MAX 65536

#define FN_CMD_STATUS       "status"
#define FN_CMD_NUDGE        "nudge"
#define FN_CMD_PAUSE        "pause"
#define FN_CMD_RESUME       "resume"
#define FN_CMD_SCAN         "scan"
#define FN_CMD_WATCH_ADD    "watch-add"
#define FN_CMD_WATCH_REMOVE "watch-remove"
#define FN_CMD_RELOAD       "reload"
#define FN_CMD_SUBSCRIBE    "subscribe"

#endif
