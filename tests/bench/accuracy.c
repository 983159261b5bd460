/* SPDX-License-Identifier: MIT */
/* fn_accuracy DATA_DIR [--models DIR] [--profile P]... [--effort E] [--json] [--verbose]
 *            [--calibrate] [--only SECTIONS]
 *
 * Measures every number of docs/accuracy.md, from files, through the same fn_face_find that
 * workers run, with the thresholds of the profile. DATA_DIR holds identities/, album/,
 * detector/, nonface/ and awkward/. What is missing is named and skipped. --calibrate prints
 * the thresholds that the data would choose; the values of the profile were found this way. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "accuracy_data.h"
#include "accuracy_metrics.h"
#include "engine/base/options.h"
#include "engine/kernels/cpu.h"

struct run {
    const char *data;
    const struct fn_profile_values *v;
    struct search_opts search;
    bool verbose, calibrate;
    const char *only;
    json_t *json;
};

typedef const struct found_face *(*judge)(const struct photo *);

static void fact(const struct run *r, const char *set, const char *name, double value)
{
    json_t *o = json_object_get(r->json, set);
    if (!o) {
        o = json_object();
        json_object_set_new(r->json, set, o);
    }
    json_object_set_new(o, name, json_real(value));
    printf("  %-18s %-34s %.5g\n", set, name, value);
}

static bool wanted(const struct run *r, const char *section)
{
    return !r->only || strstr(r->only, section);
}

/* Searches the set. Prints what failed. */
static bool search(const struct run *r, struct photo_set *s, const char *name)
{
    struct fn_error err = {0};
    if (!s->n) {
        fprintf(stderr, "skipped '%s': no photos below '%s'\n", name, r->data);
        return false;
    }
    if (set_search(s, r->data, &r->search, &err)) {
        fprintf(stderr, "'%s': %s\n", name, err.text);
        exit(1);
    }
    for (size_t i = 0; i < s->n; i++) {
        if (s->v[i].failed)
            fprintf(stderr, "  failed %s: %s\n", s->v[i].path, s->v[i].error);
    }
    return true;
}

static void report_missed(const struct run *r, const struct photo_set *s, judge judged)
{
    for (size_t i = 0; i < s->n && r->verbose; i++) {
        const struct photo *p = &s->v[i];
        const struct found_face *f = judged(p);
        if (p->person == UINT32_MAX)
            continue;
        if (!f)
            printf("    missed %s roll %d\n", p->path, p->roll_deg);
        else if (p->rotated)
            printf("    turned %s by %u\n", p->path, p->rotated);
        if (f && judged == central_face &&
            fabsf(f->box[0] + f->box[2] / 2 - (float)p->width / 2) > .5f * f->box[2])
            printf("    off centre %s: %g %g %g %g score %g\n", p->path, (double)f->box[0],
                   (double)f->box[1], (double)f->box[2], (double)f->box[3], (double)f->score);
    }
}

/* ---- verification ---- */

static const struct found_face *face_of_pair(const struct photo_set *s, const char *dir,
                                             const char *person, int number, judge judged)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s/%s_%04d.jpg", dir, person, person, number);
    for (size_t i = 0; i < s->n; i++) {
        if (!strcmp(s->v[i].path, path))
            return judged(&s->v[i]);
    }
    return NULL;
}

struct pair_list {
    struct fn_dists same, different;
    size_t missed, n;
    size_t missed_same;
};

static int add_pair(const struct run *r, struct pair_list *l, const struct photo_set *s,
                    const char *dir, char *line)
{
    char a[64], b[64];
    int i, j, n = sscanf(line, "%63s %d %63s %d", a, &i, b, &j);
    bool same = n < 4;
    if (same && sscanf(line, "%63s %d %d", a, &i, &j) != 3)
        return -1;
    const struct found_face *f = face_of_pair(s, dir, a, i, central_face),
                            *g = face_of_pair(s, dir, same ? a : b, j, central_face);
    l->n++;
    if (!f || !g) {
        l->missed++;
        l->missed_same += same;
        return 0;
    }
    double d = face_d2(f, g);
    distances_add(same ? &l->same : &l->different, d);
    if (r->verbose && same != (d < (double)r->v->pair_d2)) {
        line[strcspn(line, "\n")] = 0;
        printf("    wrong pair %s: d2 %.3f, quality %.2f %.2f\n", line, d, (double)f->quality,
               (double)g->quality);
    }
    return 0;
}

static bool read_pairs(const struct run *r, struct pair_list *l, const struct photo_set *s,
                       const char *dir)
{
    char path[1024], line[256];
    snprintf(path, sizeof path, "%s/identities/pairs.txt", r->data);
    FILE *f = fopen(path, "r");
    if (!f || !fgets(line, sizeof line, f)) {
        fprintf(stderr, "skipped pairs: cannot read '%s'\n", path);
        if (f)
            fclose(f);
        return false;
    }
    while (fgets(line, sizeof line, f))
        (void)add_pair(r, l, s, dir, line);
    fclose(f);
    fn_dists_sort(&l->same);
    fn_dists_sort(&l->different);
    return l->n > 0;
}

static void report_pairs(const struct run *r, const char *name, const struct photo_set *s,
                         const char *dir)
{
    struct pair_list l = {0};
    double t = 0;
    if (!read_pairs(r, &l, s, dir))
        return;
    struct fn_dists same = {0}, different = {0};
    all_pairs(s, central_face, &same, &different);
    double limit = fn_dists_quantile(&different, 1e-3);
    fact(r, name, "pairs", (double)l.n);
    fact(r, name, "pairs with a missed face", (double)l.missed);
    fact(r, name, "accuracy at pair_d2",
         pair_accuracy(&l.same, &l.different, l.missed, (double)r->v->pair_d2));
    fact(r, name, "best accuracy", best_accuracy(&l.same, &l.different, l.missed, &t));
    fact(r, name, "best threshold", t);
    fact(r, name, "threshold at FAR 1e-3", limit);
    fact(r, name, "TAR at FAR 1e-3, all pairs", fn_dists_share(&same, limit));
    fact(r, name, "TAR at FAR 1e-3, pairs.txt",
         fn_dists_share(&l.same, limit) * (double)l.same.n /
             (double)(l.same.n + l.missed_same));
    double limit4 = fn_dists_quantile(&different, 1e-4);
    fact(r, name, "TAR at FAR 1e-4, all pairs", fn_dists_share(&same, limit4));
    fact(r, name, "FAR at pair_d2", fn_dists_share(&different, (double)r->v->pair_d2));
    fn_dists_free(&same);
    fn_dists_free(&different);
    fn_dists_free(&l.same);
    fn_dists_free(&l.different);
}

/* ---- people ---- */

static void report_people(const struct run *r, const char *name, const struct photo_set *s,
                          judge judged)
{
    struct fn_profile_values v = *r->v;
    struct fn_partition_score p = cluster_score(s, judged, &v);
    fact(r, name, "people: judged photos", (double)p.n);
    fact(r, name, "people: missed faces", (double)p.n_missed);
    fact(r, name, "people: pairwise precision", p.precision);
    fact(r, name, "people: pairwise recall", p.recall);
    fact(r, name, "people: BCubed precision", p.b3_precision);
    fact(r, name, "people: BCubed recall", p.b3_recall);
    fact(r, name, "people: BCubed F", p.b3_f);
    if (!r->calibrate)
        return;
    for (int i = 6; i <= 26; i++) {
        float k = (float)i / 16;
        v.single_d2 = r->v->single_d2 * k;
        v.group_d2 = r->v->group_d2 * k;
        v.net_d2 = r->v->net_d2 * k;
        v.decade_d2 = r->v->decade_d2 * k;
        p = cluster_score(s, judged, &v);
        printf("    single %.3f group %.3f: P %.5f B3 P %.4f R %.4f F %.4f\n",
               (double)v.single_d2, (double)v.group_d2, p.precision, p.b3_precision,
               p.b3_recall, p.b3_f);
    }
}

static void calibrate(const struct run *r, const char *name, const struct photo_set *s,
                      judge judged)
{
    struct fn_dists same = {0}, different = {0};
    double a, b;
    all_pairs(s, judged, &same, &different);
    if (r->calibrate && same.n && different.n) {
        fn_fit_logistic(&same, &different, &a, &b);
        fact(r, name, "logistic a", a);
        fact(r, name, "logistic b", b);
        static const double far[] = {1e-2, 1e-3, 1e-4};
        for (int i = 0; i < 3; i++) {
            double t = fn_dists_quantile(&different, far[i]);
            printf("    FAR %.0e: d2 %.4f, TAR %.4f\n", far[i], t, fn_dists_share(&same, t));
        }
        for (double q = .5; q < 1; q += .05)
            printf("    same quantile %.2f: %.3f\n", q, fn_dists_quantile(&same, q));
    }
    fn_dists_free(&same);
    fn_dists_free(&different);
}

static void identities(struct run *r, const char *name, const char *dir, judge judged,
                       bool pairs)
{
    struct photo_set s = {0};
    (void)set_add_folders(&s, r->data, dir);
    if (search(r, &s, name)) {
        report_missed(r, &s, judged);
        if (pairs)
            report_pairs(r, name, &s, dir);
        report_people(r, name, &s, judged);
        calibrate(r, name, &s, judged);
    }
    set_free(&s);
}

static void album(struct run *r)
{
    struct photo_set s = {0};
    char path[1024], line[1024];
    snprintf(path, sizeof path, "%s/album/labels.csv", r->data);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f)) {
        char *person = strchr(line, ',');
        if (!person || !strncmp(line, "file,", 5))
            continue;
        *person++ = 0;
        person[strcspn(person, ",\n")] = 0;
        snprintf(path, sizeof path, "album/%s", line);
        photo_add(&s, path, strcmp(person, "?") ? person_add(&s, person) : UINT32_MAX);
    }
    if (f)
        fclose(f);
    if (search(r, &s, "album")) {
        report_missed(r, &s, largest_face);
        report_people(r, "album", &s, largest_face);
        calibrate(r, "album", &s, largest_face);
    }
    set_free(&s);
}

/* ---- detection ---- */

struct truth {
    char path[512];
    float box[4];
    bool ignore, used;
};

static float iou(const float a[4], const float b[4])
{
    float w = fminf(a[0] + a[2], b[0] + b[2]) - fmaxf(a[0], b[0]);
    float h = fminf(a[1] + a[3], b[1] + b[3]) - fmaxf(a[1], b[1]);
    if (w <= 0 || h <= 0)
        return 0;
    return w * h / (a[2] * a[3] + b[2] * b[3] - w * h);
}

static bool matches(const struct truth *t, const struct found_face *f)
{
    float cx = f->box[0] + f->box[2] / 2, cy = f->box[1] + f->box[3] / 2;
    float ratio = f->box[3] / t->box[3];
    bool inside = cx >= t->box[0] && cx <= t->box[0] + t->box[2] && cy >= t->box[1] &&
                  cy <= t->box[1] + t->box[3];
    return iou(t->box, f->box) >= .4f || (inside && ratio < 2.2f && ratio > 1 / 2.2f);
}

static size_t read_truth(const struct run *r, struct truth *t, size_t limit,
                         struct photo_set *s)
{
    char path[1024], line[512];
    size_t n = 0;
    snprintf(path, sizeof path, "%s/detector/boxes.csv", r->data);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f) && n < limit) {
        char *comma = strchr(line, ',');
        int ignore;
        struct truth *x = &t[n];
        if (!comma || sscanf(comma, ",%f,%f,%f,%f,%d", &x->box[0], &x->box[1], &x->box[2],
                             &x->box[3], &ignore) != 5)
            continue;
        *comma = 0;
        snprintf(x->path, sizeof x->path, "detector/%s", line);
        x->ignore = ignore != 0;
        x->used = false;
        if (!n || strcmp(t[n - 1].path, x->path))
            photo_add(s, x->path, UINT32_MAX);
        n++;
    }
    if (f)
        fclose(f);
    return n;
}

static void detector_boxes(struct run *r)
{
    static struct truth t[1024];
    struct photo_set s = {0};
    size_t n = read_truth(r, t, 1024, &s), found = 0, real = 0, false_faces = 0;
    if (search(r, &s, "detector")) {
        for (size_t i = 0; i < s.n; i++) {
            for (uint32_t k = 0; k < s.v[i].n_faces; k++) {
                const struct found_face *f = &s.v[i].faces[k];
                struct truth *best = NULL;
                for (size_t j = 0; j < n; j++) {
                    if (!strcmp(t[j].path, s.v[i].path) && matches(&t[j], f) &&
                        (!t[j].used || t[j].ignore) &&
                        (!best || iou(t[j].box, f->box) > iou(best->box, f->box)))
                        best = &t[j];
                }
                if (best)
                    best->used = true;
                else
                    false_faces++;
                if (!best && r->verbose)
                    printf("    not in boxes.csv: %s %.0f %.0f %.0f %.0f score %.3f\n",
                           s.v[i].path, (double)f->box[0], (double)f->box[1], (double)f->box[2],
                           (double)f->box[3], (double)f->score);
            }
        }
        for (size_t j = 0; j < n; j++) {
            real += !t[j].ignore;
            found += !t[j].ignore && t[j].used;
            if (!t[j].ignore && !t[j].used && r->verbose)
                printf("    missed %s %.0f %.0f %.0f %.0f\n", t[j].path, (double)t[j].box[0],
                       (double)t[j].box[1], (double)t[j].box[2], (double)t[j].box[3]);
        }
        fact(r, "detector", "boxes", (double)real);
        fact(r, "detector", "found", (double)found);
        fact(r, "detector", "other faces in those photos", (double)false_faces);
    }
    set_free(&s);
}

static void detector_counts(struct run *r)
{
    struct photo_set s = {0};
    char path[1024], line[512];
    uint32_t want[64];
    size_t exact = 0;
    snprintf(path, sizeof path, "%s/detector/counts.csv", r->data);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f) && s.n < 64) {
        char *comma = strchr(line, ',');
        if (!comma || sscanf(comma, ",%u", &want[s.n]) != 1)
            continue;
        *comma = 0;
        snprintf(path, sizeof path, "detector/%s", line);
        photo_add(&s, path, UINT32_MAX);
    }
    if (f)
        fclose(f);
    if (search(r, &s, "counts")) {
        for (size_t i = 0; i < s.n; i++) {
            exact += s.v[i].n_faces == want[i];
            if (s.v[i].n_faces == want[i] || !r->verbose)
                continue;
            printf("    %s: %u faces, %u counted\n", s.v[i].path, s.v[i].n_faces, want[i]);
            for (uint32_t k = 0; k < s.v[i].n_faces; k++) {
                const struct found_face *g = &s.v[i].faces[k];
                printf("      %.0f %.0f %.0f %.0f score %.3f\n", (double)g->box[0],
                       (double)g->box[1], (double)g->box[2], (double)g->box[3],
                       (double)g->score);
            }
        }
        fact(r, "counts", "photos", (double)s.n);
        fact(r, "counts", "exact", (double)exact);
    }
    set_free(&s);
}

static void nonface(struct run *r)
{
    struct photo_set s = {0};
    size_t n = 0, photos = 0;
    char dir[1024];
    (void)snprintf(dir, sizeof dir, "nonface");
    (void)set_add_files(&s, r->data, dir);
    if (search(r, &s, "nonface")) {
        for (size_t i = 0; i < s.n; i++) {
            n += s.v[i].n_faces;
            photos += s.v[i].n_faces > 0;
            for (uint32_t k = 0; k < s.v[i].n_faces && r->verbose; k++)
                printf("    %s: score %.4f box %.0f %.0f %.0f %.0f turned %u quality %.2f\n",
                       s.v[i].path, (double)s.v[i].faces[k].score,
                       (double)s.v[i].faces[k].box[0], (double)s.v[i].faces[k].box[1],
                       (double)s.v[i].faces[k].box[2], (double)s.v[i].faces[k].box[3],
                       s.v[i].rotated, (double)s.v[i].faces[k].quality);
        }
        fact(r, "nonface", "photos", (double)s.n);
        fact(r, "nonface", "false faces", (double)n);
        fact(r, "nonface", "photos with one", (double)photos);
    }
    set_free(&s);
}

/* ---- the same face under other conditions ---- */

static void orientations(struct run *r)
{
    struct photo_set s = {0};
    (void)set_add_files(&s, r->data, "awkward/orientation-faces");
    if (search(r, &s, "orientation")) {
        double worst = 0, shift = 0;
        size_t equal = 0;
        const struct photo *p = &s.v[0];
        for (size_t i = 0; i < s.n; i++) {
            equal += s.v[i].n_faces == p->n_faces;
            for (uint32_t k = 0; k < s.v[i].n_faces && k < p->n_faces; k++) {
                worst = fmax(worst, face_d2(&s.v[i].faces[k], &p->faces[k]));
                for (int c = 0; c < 4; c++)
                    shift =
                        fmax(shift, (double)fabsf(s.v[i].faces[k].box[c] - p->faces[k].box[c]));
            }
        }
        fact(r, "orientation", "files", (double)s.n);
        fact(r, "orientation", "with the same number of faces", (double)equal);
        fact(r, "orientation", "faces", p->n_faces);
        fact(r, "orientation", "largest d2 to the first", worst);
        fact(r, "orientation", "largest shift of a box edge, px", shift);
    }
    set_free(&s);
}

/* Every fifth LFW picture, upright and rolled to both sides. */
static void rolled(struct run *r)
{
    struct photo_set all = {0}, s = {0};
    (void)set_add_folders(&all, r->data, "identities/lfw-deepfunneled");
    static const int turns[] = {0, 20, -20};
    for (size_t i = 0; i < all.n; i += 5) {
        for (int k = 0; k < 3; k++)
            photo_add(&s, all.v[i].path, all.v[i].person)->roll_deg = turns[k];
    }
    if (search(r, &s, "roll")) {
        size_t same = 0, n = 0, missed = 0;
        struct fn_dists d = {0};
        report_missed(r, &s, central_face);
        for (size_t i = 0; i + 2 < s.n; i += 3) {
            const struct found_face *a = central_face(&s.v[i]);
            for (size_t k = 1; k < 3; k++) {
                const struct found_face *b = central_face(&s.v[i + k]);
                n++;
                missed += !b;
                if (!a || !b)
                    continue;
                distances_add(&d, face_d2(a, b));
                same += face_d2(a, b) < (double)r->v->group_d2;
            }
        }
        fn_dists_sort(&d);
        fact(r, "roll", "rolled pictures", (double)n);
        fact(r, "roll", "missed", (double)missed);
        fact(r, "roll", "same person (d2 < group_d2)", (double)same);
        fact(r, "roll", "median d2 to upright", fn_dists_quantile(&d, .5));
        fact(r, "roll", "99 % d2 to upright", fn_dists_quantile(&d, .99));
        fn_dists_free(&d);
    }
    set_free(&s);
    set_free(&all);
}

/* train/val: people on whom no choice was based. */
static void validation(struct run *r)
{
    struct photo_set s = {0};
    char path[1024], line[256], set[64], name[64], split[16];
    snprintf(path, sizeof path, "%s/train/split.csv", r->data);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f)) {
        if (sscanf(line, "%63[^,],%63[^,],%15s", set, name, split) != 3 || strcmp(split, "val"))
            continue;
        struct photo_set one = {0};
        snprintf(path, sizeof path, "train/%s/%s", set, name);
        (void)set_add_files(&one, r->data, path);
        snprintf(path, sizeof path, "%s/%s", set, name);
        uint32_t person = person_add(&s, path);
        for (size_t i = 0; i < one.n; i++)
            photo_add(&s, one.v[i].path, person);
        set_free(&one);
    }
    if (f)
        fclose(f);
    if (search(r, &s, "train/val")) {
        report_people(r, "train/val", &s, central_face);
        calibrate(r, "train/val", &s, central_face);
    }
    set_free(&s);
}

static void run_profile(struct run *r)
{
    if (wanted(r, "detector"))
        detector_boxes(r);
    if (wanted(r, "detector"))
        detector_counts(r);
    if (wanted(r, "nonface"))
        nonface(r);
    if (wanted(r, "orientation"))
        orientations(r);
    if (wanted(r, "roll"))
        rolled(r);
    if (wanted(r, "album"))
        album(r);
    if (wanted(r, "orl"))
        identities(r, "orl", "identities/orl_faces", largest_face, false);
    if (wanted(r, "aligned"))
        identities(r, "lfw aligned", "identities/lfw-deepfunneled", central_face, true);
    if (wanted(r, "original"))
        identities(r, "lfw original", "identities/lfw-original-150px", central_face, true);
    if (r->calibrate && wanted(r, "val"))
        validation(r);
}

static int effort_of(const char *text)
{
    static const char *const names[] = {"fast", "normal", "thorough"};
    for (int i = 0; i < 3; i++) {
        if (!strcmp(text, names[i]))
            return i;
    }
    return -1;
}

struct options {
    const char *models, *effort, *only, *rotate;
    struct fn_opt_list profiles;
    bool json, verbose, calibrate;
    uint64_t threads, min_face;
    double min_score;
};

/* Evaluates one profile and prints its results. Returns a new reference to them, or NULL if
 * there is no such profile. */
static json_t *judge_profile(const struct options *o, const char *data, const char *name)
{
    struct fn_profile *p;
    struct fn_error err = {0};
    if (fn_profile_open(o->models, name, &p, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return NULL;
    }
    struct run r = {
        .data = data,
        .v = &p->v,
        .search = {.profile = p,
                   .face = {.effort = (enum fn_effort)effort_of(o->effort),
                            .rotate = !strcmp(o->rotate, "never") ? FN_ROTATE_NEVER
                                                                  : FN_ROTATE_IF_NONE,
                            .min_score = (float)o->min_score,
                            .min_face_px = (uint32_t)o->min_face,
                            .max_faces = 1000,
                            .cpu_flags = FN_CPU_DETECT,
                            .limits = {300u << 20, (size_t)1 << 30}},
                   .threads = (unsigned)o->threads,
                   .progress = o->verbose},
        .verbose = o->verbose,
        .calibrate = o->calibrate,
        .only = o->only,
        .json = json_object()};
    printf("%s, effort %s\n", name, o->effort);
    run_profile(&r);
    fn_profile_destroy(p);
    return r.json;
}

int main(int argc, char **argv)
{
    struct options o = {.effort = "normal", .rotate = "if-none", .threads = 2, .min_face = 16};
    const struct fn_opt table[] = {
        {"models", 0, FN_OPT_STRING, &o.models, "DIR", "where the models are"},
        {"profile", 0, FN_OPT_LIST, &o.profiles, "NAME", "profile to judge (repeat)"},
        {"effort", 0, FN_OPT_STRING, &o.effort, "E", "fast, normal or thorough"},
        {"rotate", 0, FN_OPT_STRING, &o.rotate, "R", "never or if-none"},
        {"only", 0, FN_OPT_STRING, &o.only, "LIST",
         "sections: detector nonface orientation roll album "
         "orl aligned original val"},
        {"threads", 0, FN_OPT_U64, &o.threads, "N", "engines at a time"},
        {"min-face", 0, FN_OPT_U64, &o.min_face, "PX", "smallest face"},
        {"min-score", 0, FN_OPT_DOUBLE, &o.min_score, "S", "instead of the profile's"},
        {"json", 0, FN_OPT_FLAG, &o.json, NULL, "one object at the end"},
        {"verbose", 0, FN_OPT_FLAG, &o.verbose, NULL, "name what went wrong"},
        {"calibrate", 0, FN_OPT_FLAG, &o.calibrate, NULL,
         "thresholds that the data would choose"},
        {0}};
    const struct fn_opt *tables[] = {table};
    struct fn_error err = {0};
    size_t n = 0;
    if (fn_options_parse(argc, argv, tables, 1, &n, &err) || n != 1 ||
        effort_of(o.effort) < 0) {
        fprintf(stderr, "usage: fn_accuracy DATA_DIR [options]\n%s\n", err.text);
        return 2;
    }
    if (!o.profiles.n)
        o.profiles = (struct fn_opt_list){{"default", "dlib"}, 2};
    json_t *all = json_object();
    for (size_t i = 0; i < o.profiles.n; i++) {
        json_t *figures = judge_profile(&o, argv[1], o.profiles.items[i]);
        if (!figures)
            return 77;
        json_object_set_new(all, o.profiles.items[i], figures);
    }
    if (o.json) {
        json_dumpf(all, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
        printf("\n");
    }
    json_decref(all);
    return 0;
}
