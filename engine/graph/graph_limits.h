/* SPDX-License-Identifier: MIT */
/* How large a graph may be. A model file is untrusted; these keep every product below 2^63. */
#ifndef FN_ENGINE_GRAPH_GRAPH_LIMITS_H
#define FN_ENGINE_GRAPH_GRAPH_LIMITS_H

#define FN_GRAPH_VALUES_MAX   16384u
#define FN_GRAPH_NODES_MAX    4096u
#define FN_GRAPH_ELEMENTS_MAX ((size_t)1 << 31) /* of one value */
#define FN_GRAPH_SIDE_MAX     65536u            /* height, width, channels, batch */
#define FN_GRAPH_WINDOW_MAX   4096u             /* kernel size, stride, dilation, one pad */

#endif
