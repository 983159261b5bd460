/* SPDX-License-Identifier: MIT */
/* fn_embedded_rows VECTORS LABELS: reads the output of fnq embed --jsonl on standard input, and
 * writes files for the clustering benchmarks (face_set.h): the largest face of each picture.
 * The person is the folder of the picture. Every picture is a photo of its own. Pictures
 * without a face are left out and counted on standard error. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/kernels/vector.h"

enum { PEOPLE_MAX = 100000 };

struct rows {
    FILE *vectors, *labels;
    char *people[PEOPLE_MAX];
    uint32_t n_people, n_photos, n_left_out;
};

/* Pictures of a person are next to each other, so the last names are compared first. */
static uint32_t person_of(struct rows *r, const char *path)
{
    const char *end = strrchr(path, '/');
    size_t n = end ? (size_t)(end - path) : 0;
    for (uint32_t i = r->n_people; i > 0; i--) {
        if (strncmp(r->people[i - 1], path, n) == 0 && r->people[i - 1][n] == 0)
            return i - 1;
    }
    if (r->n_people == PEOPLE_MAX || !(r->people[r->n_people] = strndup(path, n)))
        exit(1);
    return r->n_people++;
}

static double area(const json_t *face)
{
    const json_t *box = json_object_get(face, "box");
    return json_number_value(json_array_get(box, 2)) *
           json_number_value(json_array_get(box, 3));
}

static const json_t *largest(const json_t *faces)
{
    const json_t *best = NULL;
    for (size_t i = 0; i < json_array_size(faces); i++) {
        const json_t *f = json_array_get(faces, i);
        if (!best || area(f) > area(best))
            best = f;
    }
    return best;
}

static int add(struct rows *r, const json_t *picture)
{
    const json_t *f = largest(json_object_get(picture, "faces"));
    const char *path = json_string_value(json_object_get(picture, "path"));
    const json_t *e = json_object_get(f, "embedding");
    float x[FN_DIM];
    if (!path || !f || json_array_size(e) != FN_DIM) {
        r->n_left_out++;
        return 0;
    }
    for (size_t k = 0; k < FN_DIM; k++)
        x[k] = (float)json_number_value(json_array_get(e, k));
    double quality = json_number_value(json_object_get(f, "quality"));
    return fwrite(x, sizeof x, 1, r->vectors) != 1 ||
           fprintf(r->labels, "%" PRIu32 "\t%" PRIu32 "\t0\t%.4f\t0\n", person_of(r, path),
                   r->n_photos++, quality) < 0;
}

int main(int argc, char **argv)
{
    static struct rows r;
    char *line = NULL;
    size_t cap = 0;
    int bad = 0;
    if (argc != 3) {
        fprintf(stderr, "usage: fn_embedded_rows VECTORS LABELS <JSONL\n");
        return 2;
    }
    r.vectors = fopen(argv[1], "wb");
    r.labels = fopen(argv[2], "w");
    bad = !r.vectors || !r.labels;
    while (!bad && getline(&line, &cap, stdin) > 0) {
        json_t *o = json_loads(line, 0, NULL);
        bad = !o || add(&r, o);
        json_decref(o);
    }
    bad |= r.vectors && fclose(r.vectors);
    bad |= r.labels && fclose(r.labels);
    fprintf(stderr, "%u faces of %u people; %u pictures without a face\n", r.n_photos,
            r.n_people, r.n_left_out);
    for (uint32_t i = 0; i < r.n_people; i++)
        free(r.people[i]);
    free(line);
    return bad ? 1 : 0;
}
