/* SPDX-License-Identifier: MIT */
/* Where the parts of contact sheets are, for chosen sheets and for random ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "engine/base/rng.h"
#include "engine/draw/sheet_layout.h"

enum { CELL = 144, COLUMNS = 8, ITEMS_MAX = 600 };
static const uint32_t row = CELL + FN_SHEET_CAPTION + FN_SHEET_GAP;

/* A section for each number: a heading and as many cells. Returns how many items. */
static size_t sections(const size_t *cells, size_t n, bool headings[ITEMS_MAX])
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        headings[k++] = true;
        for (size_t j = 0; j < cells[i]; j++)
            headings[k++] = false;
    }
    return k;
}

static uint32_t height_of(const size_t *cells, size_t n)
{
    bool headings[ITEMS_MAX];
    struct fn_sheet_layout l;
    size_t k = sections(cells, n, headings);
    assert_int_equal(fn_sheet_lay_out(headings, k, CELL, COLUMNS, &l), 0);
    assert_int_equal(l.pages, 1);
    uint32_t height = l.height[0];
    fn_sheet_layout_finish(&l);
    return height;
}

/* Sections of one face are next to each other, two cells each. A section that fills rows has a
 * band of its own. */
static void small_sections_share_a_band(void **state)
{
    static const size_t cells[] = {1, 2, 1, 3, 9, 1};
    (void)state;
    uint32_t one = height_of(cells, 1);
    assert_int_equal(one, 2 * FN_SHEET_MARGIN + FN_SHEET_TITLE + FN_SHEET_HEADING + row);
    assert_int_equal(height_of(cells, 2), one);
    assert_int_equal(height_of(cells, 3), one);
    assert_int_equal(height_of(cells, 4), one + FN_SHEET_HEADING + row);
    assert_int_equal(height_of(cells, 5), one + 2 * FN_SHEET_HEADING + 3 * row);
    assert_int_equal(height_of(cells, 6), one + 3 * FN_SHEET_HEADING + 4 * row);
}

static void a_long_section_goes_on_under_its_heading(void **state)
{
    static const size_t cells[] = {2, 150};
    bool headings[ITEMS_MAX];
    struct fn_sheet_layout l;
    size_t n = sections(cells, 2, headings), continued = 0;
    (void)state;
    assert_int_equal(fn_sheet_lay_out(headings, n, CELL, COLUMNS, &l), 0);
    assert_int_equal(l.pages, 3);
    for (size_t i = 0; i < l.n; i++)
        if (l.parts[i].continued) {
            assert_int_equal(l.parts[i].item, 3);
            assert_int_equal(l.parts[i].y, FN_SHEET_MARGIN + FN_SHEET_TITLE);
            continued++;
        }
    assert_int_equal(continued, 2);
    fn_sheet_layout_finish(&l);
}

static void an_empty_sheet_has_a_page(void **state)
{
    struct fn_sheet_layout l;
    (void)state;
    assert_int_equal(fn_sheet_lay_out(NULL, 0, CELL, COLUMNS, &l), 0);
    assert_int_equal(l.pages, 1);
    assert_int_equal(l.n, 0);
    fn_sheet_layout_finish(&l);
}

static uint32_t width_of(const struct fn_sheet_part *p)
{
    uint32_t columns = p->columns ? p->columns : 1;
    return columns * (CELL + FN_SHEET_GAP) - FN_SHEET_GAP;
}

static uint32_t part_height(const struct fn_sheet_part *p)
{
    return p->columns ? FN_SHEET_HEADING : row;
}

static bool overlap(const struct fn_sheet_part *a, const struct fn_sheet_part *b)
{
    return a->page == b->page && a->x < b->x + width_of(b) && b->x < a->x + width_of(a) &&
           a->y < b->y + part_height(b) && b->y < a->y + part_height(a);
}

static void check(const bool *headings, size_t n, const struct fn_sheet_layout *l)
{
    size_t cells = 0, expected = 0, first = 0;
    for (size_t i = 0; i < n; i++)
        expected += !headings[i];
    for (size_t i = 0; i < l->n; i++) {
        const struct fn_sheet_part *p = &l->parts[i];
        assert_true(p->page < l->pages);
        assert_true(p->x >= FN_SHEET_MARGIN &&
                    p->x + width_of(p) <= l->width - FN_SHEET_MARGIN);
        assert_true(p->y + part_height(p) <= l->height[p->page] - FN_SHEET_MARGIN);
        assert_int_equal(headings[p->item], p->columns > 0);
        for (size_t k = i > 40 ? i - 40 : 0; k < i; k++)
            assert_false(overlap(p, &l->parts[k]));
        cells += !p->columns;
        first += p->columns && !p->continued;
    }
    assert_int_equal(cells, expected);
    assert_int_equal(first, n - expected);
    for (uint32_t i = 0; i < l->pages; i++)
        assert_true(l->height[i] <= FN_SHEET_PAGE_MAX);
}

static void nothing_overlaps_or_is_lost(void **state)
{
    enum { ROUNDS = 400 };
    struct fn_rng r = fn_rng_init(12, 0);
    bool headings[ITEMS_MAX];
    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct fn_sheet_layout l;
        size_t n = fn_rng_below(&r, ITEMS_MAX);
        uint32_t often = (uint32_t)fn_rng_below(&r, 40) + 1;
        uint32_t columns = (uint32_t)fn_rng_below(&r, 9) + 1;
        for (size_t i = 0; i < n; i++)
            headings[i] = fn_rng_below(&r, often) == 0;
        assert_int_equal(fn_sheet_lay_out(headings, n, CELL, columns, &l), 0);
        check(headings, n, &l);
        fn_sheet_layout_finish(&l);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_sections_share_a_band),
        cmocka_unit_test(a_long_section_goes_on_under_its_heading),
        cmocka_unit_test(an_empty_sheet_has_a_page),
        cmocka_unit_test(nothing_overlaps_or_is_lost),
    };
    return cmocka_run_group_tests_name("sheet layout", tests, NULL, NULL);
}
