/* SPDX-License-Identifier: MIT */
/* An index in a new folder, made by tests/integration/make_index.c (MAKE_INDEX in the
 * environment), for tests that use the library as another program would. There are four people
 * with a face in each of six photos, person-0/0.jpg to person-3/5.jpg, on consecutive days of
 * the years 2000 to 2003; group.jpg with a face of each of the first three; and a few odd
 * files. */
#ifndef FN_TESTS_UNIT_MADE_INDEX_H
#define FN_TESTS_UNIT_MADE_INDEX_H

struct made_index {
    char dir[64];    /* holds everything */
    char index[80];  /* folder of the index */
    char photos[80]; /* folder of the photos */
};
/* Both fail the test on an error. The second creates only the folders: photos exists, index
 * does not. */
void made_index_open(struct made_index *m);
void made_index_folders(struct made_index *m);
void made_index_remove(struct made_index *m);

#endif
