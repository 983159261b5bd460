/* SPDX-License-Identifier: MIT */
#include "daemon/talking/rate.h"

static const uint64_t second_ns = 1000000000u;

static uint64_t mark_ns(const struct fnd_rate *r, size_t back)
{
    return r->mark[(r->at + FND_MARKS - 1 - back) % FND_MARKS].ns;
}

static uint64_t mark_done(const struct fnd_rate *r, size_t back)
{
    return r->mark[(r->at + FND_MARKS - 1 - back) % FND_MARKS].done;
}

void fnd_rate_mark(struct fnd_rate *r, uint64_t now_ns, uint64_t done)
{
    if (r->n && now_ns - mark_ns(r, 0) > 60 * second_ns)
        r->n = 0;
    r->mark[r->at].ns = now_ns;
    r->mark[r->at].done = done;
    r->at = (r->at + 1) % FND_MARKS;
    r->n += r->n < FND_MARKS;
}

static double rate_between(const struct fnd_rate *r, size_t older, size_t newer)
{
    double s = (double)(mark_ns(r, newer) - mark_ns(r, older)) / 1e9;
    return s > 0 ? (double)(mark_done(r, newer) - mark_done(r, older)) / s : 0;
}

struct fnd_eta fnd_rate_eta(const struct fnd_rate *r, uint64_t left)
{
    struct fnd_eta e = {0};
    if (r->n < 3)
        return e;
    size_t last = r->n - 1, mid = last / 2;
    e.rate_per_s = rate_between(r, last, 0);
    double a = rate_between(r, last, mid), b = rate_between(r, mid, 0);
    if (e.rate_per_s <= 0)
        return (struct fnd_eta){0};
    double fast = a > b ? a : b, slow = a > b ? b : a;
    fast = fast < e.rate_per_s * 1.1 ? e.rate_per_s * 1.1 : fast;
    slow = slow > e.rate_per_s / 1.1 ? e.rate_per_s / 1.1 : slow;
    slow = slow < e.rate_per_s / 3 ? e.rate_per_s / 3 : slow;
    e.known = true;
    e.eta_s = (double)left / e.rate_per_s;
    e.low_s = (double)left / fast;
    e.high_s = (double)left / slow;
    return e;
}
