/* SPDX-License-Identifier: MIT */
#include "cli/asking/why_text.h"

#include <string.h>

static void print_names(struct fnq_out *o, const struct fnl_match *m, size_t n)
{
    char title[FN_PERSON_NAME_MAX + 32];
    for (size_t i = 0; i < n; i++) {
        fnl_person_title(&m[i].id, m[i].name, title, sizeof title);
        fnq_text(o, i ? ", " : "");
        fnq_text_safe(o, title);
    }
}

static void print_for(struct fnq_out *o, const struct fnl_why *w)
{
    int first = 0, last = 0;
    fnq_text(o, "  for      ");
    if (!w->n_near) {
        fnq_text(o, w->fact.person.is ? "no other face of this person\n" : "no person\n");
        return;
    }
    fnq_text(o, "%zu nearest %sfaces: d²", w->n_near, w->near_confirmed ? "confirmed " : "");
    for (size_t i = 0; i < w->n_near; i++) {
        int year = w->near[i].year;
        fnq_text(o, " %.2f", w->near[i].d2);
        first = year && (!first || year < first) ? year : first;
        last = year > last ? year : last;
    }
    fnq_text(o, ", all ");
    print_names(o, &w->fact.person, 1);
    if (first)
        fnq_text(o, first == last ? ", %d" : ", %d–%d", first, last);
    fnq_text(o, "\n");
}

static void print_rules(struct fnq_out *o, const struct fnl_why *w)
{
    static const char *const how[] = {[FN_HOW_NONE] = "no group",
                                      [FN_HOW_GROUP] = "cluster by mean distance",
                                      [FN_HOW_USER] = "you labelled it"};
    fnq_text(o, "  rules    ");
    if (w->fact.state == FNL_CONFIRMED)
        fnq_text(o, "you confirmed it");
    else
        fnq_text(o, "%s", how[w->is_member ? w->member.how : FN_HOW_NONE]);
    if (w->n_in_photo) {
        fnq_text(o, "; ");
        print_names(o, w->in_photo, w->n_in_photo);
        fnq_text(o, " confirmed in the same photo: ruled out");
    }
    for (size_t i = 0; i < w->n_rejected; i++) {
        fnq_text(o, "; rejected as ");
        print_names(o, &w->rejected[i], 1);
        fnq_text(o, " (L%llu)", (unsigned long long)w->reject_act[i]);
    }
    if (w->fact.rec.flags & FN_FACE_POOR)
        fnq_text(o, "; quality too low to start a cluster");
    fnq_text(o, "\n");
}

/* What a user can do about the result. */
static void print_change(struct fnq_out *o, const struct fnl_fact *f)
{
    if (f->state == FNL_SUGGESTED)
        fnq_text(o, "  change   right: fnq confirm %s   wrong: fnq reject %s\n", f->shown,
                 f->shown);
    else if (f->state == FNL_UNKNOWN)
        fnq_text(o, "  change   fnq label %s NAME\n", f->shown);
}

void fnq_why_text(struct fnq_out *o, const struct fnl_why *w)
{
    const char *slash = strrchr(w->photo_path, '/');
    fnq_style(o, FNQ_BOLD);
    fnq_text(o, "%s", w->fact.shown);
    fnq_style(o, FNQ_PLAIN);
    fnq_text(o, " in ");
    fnq_text_safe(o, slash ? slash + 1 : "a photo without a file");
    fnq_text(o, " → ");
    if (w->fact.person.is)
        print_names(o, &w->fact.person, 1);
    else
        fnq_text(o, w->fact.state == FNL_REJECTED ? "not a face" : "unknown");
    if (w->fact.state == FNL_SUGGESTED && w->fact.person.has_d)
        fnq_text(o, " %.0f %%", 100 * w->fact.person.p);
    if (w->fact.person.name[0])
        fnq_text(o, " (%s)", fnl_state_name(w->fact.state));
    fnq_text(o, "\n");
    print_for(o, w);
    if (w->other.is) {
        fnq_text(o, "  against  nearest other person: ");
        print_names(o, &w->other, 1);
        fnq_text(o, " d² %.2f (%.0f %%", w->other.d2, 100 * w->other.p);
        if (w->n_near)
            fnq_text(o, ", margin %.2f", w->other.d2 - w->near[0].d2);
        fnq_text(o, ")\n");
    }
    print_rules(o, w);
    fnq_text(o, "  quality  %.2f (yaw %d°, eyes %u px apart, sharpness %.2f)\n",
             w->fact.rec.quality / 255.0, w->fact.rec.yaw_deg, w->fact.rec.eyes_px,
             w->fact.rec.sharpness / 255.0);
    if (w->is_member && w->member.d && w->fact.state != FNL_CONFIRMED)
        fnq_text(o, "  cluster  mean distance %.2f; clusters join up to %.2f\n",
                 fnl_d2(w->member.d), fnl_d2(w->cluster_d));
    print_change(o, &w->fact);
}

void fnq_why_pair_text(struct fnq_out *o, const struct fnl_pair *p)
{
    fnq_text(o, "%s and %s: d² %.3f, same person %.0f %% by distance alone\n", p->a.shown,
             p->b.shown, p->d2, 100 * p->p);
    const struct fnl_fact *side[] = {&p->a, &p->b};
    for (size_t i = 0; i < 2; i++) {
        fnq_text(o, "  %s  ", side[i]->shown);
        if (side[i]->person.is)
            print_names(o, &side[i]->person, 1);
        else
            fnq_text(o, "unknown");
        if (side[i]->person.name[0])
            fnq_text(o, " (%s)", fnl_state_name(side[i]->state));
        fnq_text(o, ", quality %.2f\n", side[i]->rec.quality / 255.0);
    }
    fnq_text(o,
             "  rules    pairs of one person are nearer than %.2f, clusters join up to %.2f on "
             "average%s\n",
             fnl_d2(p->pair_d), fnl_d2(p->cluster_d),
             p->same_photo
                 ? "; both are in one photo: two people unless you confirm both as one"
                 : "");
    fnq_text(o, "  now      %s\n", p->same_person ? "the same person" : "not the same person");
}
