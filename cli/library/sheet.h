/* SPDX-License-Identifier: MIT */
/* Contact sheets: faces are collected while the index is read, then cut out of their photos and
 * written as one JPEG file or several. */
#ifndef FN_CLI_LIBRARY_SHEET_H
#define FN_CLI_LIBRARY_SHEET_H

#include "cli/library/library.h"
#include "engine/image/image.h"

/* A row has FNL_SHEET_COLUMNS cells; a sheet has at most FNL_SHEET_MAX faces. */
enum { FNL_SHEET_CELL = 144, FNL_SHEET_COLUMNS = 8, FNL_SHEET_MAX = 2000 };

enum fnl_sheet_kind { FNL_SHEET_HEADING, FNL_SHEET_FACE, FNL_SHEET_MORE };
struct fnl_sheet_item {
    enum fnl_sheet_kind kind;
    char *path;    /* face: of the photo */
    char *text[3]; /* as in engine/draw/contact_sheet.h */
    float box[4];
    struct fn_image thumb;
};
struct fnl_sheet {
    struct fnl_sheet_item *items;
    size_t n, cap, n_faces;
    size_t n_left_out; /* faces beyond FNL_SHEET_MAX */
    bool failed;
};

/* Only collect; fnl_sheet_write cuts the faces out, when no transaction is open. Texts are
 * copied and may have any bytes. instead: what to show if a letter of the text has no font, or
 * NULL. */
void fnl_sheet_heading(struct fnl_sheet *s, const char *text, const char *instead,
                       const char *note);
/* line1 and line2: below the face; the middle is left out when they are too long. */
void fnl_sheet_add(struct fnl_sheet *s, const char *path, const float box[4], const char *line1,
                   const char *instead, const char *line2);
/* A cell "and N more". Nothing for 0. */
void fnl_sheet_more(struct fnl_sheet *s, size_t n);
void fnl_sheet_finish(struct fnl_sheet *s);

struct fnl_sheet_progress {
    size_t done, total; /* photos */
    double seconds;
    bool last; /* no more reports */
};
struct fnl_sheet_events {
    void (*progress)(void *arg, const struct fnl_sheet_progress *p); /* after each photo */
    bool (*stop)(void *arg); /* is the user in a hurry? */
    void *arg;
};

/* What fnl_sheet_write wrote. */
struct fnl_sheet_done {
    char **files; /* in the order of the pages */
    size_t n_files;
    size_t n_lost;     /* faces left out because their photo cannot be read */
    char missing[640]; /* which letters have no font, and what to install; "" */
};
/* Writes path when one page is enough, otherwise NAME-1.jpg, NAME-2.jpg and so on for
 * NAME.jpg: all of them or, after an error, none. Refuses to replace one of the photos.
 * -ECANCELED: events->stop. */
FN_NODISCARD int fnl_sheet_write(struct fn_library *lib, struct fnl_sheet *s, const char *title,
                                 const char *path, const struct fnl_sheet_events *events,
                                 struct fnl_sheet_done *ret, struct fn_error *err);
void fnl_sheet_done_finish(struct fnl_sheet_done *d);

#endif
