/* SPDX-License-Identifier: MIT */
/* Contact sheets as pictures: their pages, and ink where a text or a face should be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "engine/draw/contact_sheet.h"
#include "engine/draw/sheet_layout.h"
#include "tests/unit/drawn_ink.h"

enum { CELL = 64, COLUMNS = 3 };
static const uint32_t row = CELL + FN_SHEET_CAPTION + FN_SHEET_GAP;

static struct fn_text *fonts;

static int open_fonts(void **state)
{
    struct fn_error err = {0};
    (void)state;
    if (fn_text_open(&fonts, &err))
        print_message("skipped: %s\n", err.text);
    return 0;
}

static int close_fonts(void **state)
{
    (void)state;
    fn_text_close(fonts);
    return 0;
}

static struct fn_image red(uint32_t width, uint32_t height)
{
    struct fn_image m;
    assert_int_equal(fn_image_create(width, height, &m), 0);
    fn_draw_fill(&m, 0, 0, (int)width, (int)height, (struct fn_rgb){200, 0, 0});
    return m;
}

static void a_sheet_has_title_headings_faces_and_captions(void **state)
{
    struct fn_sheet *s = fn_sheet_create("People", CELL, COLUMNS);
    struct fn_image thumb = red(40, 90), m;
    uint32_t pages = 0, left = FN_SHEET_MARGIN, top = FN_SHEET_MARGIN + FN_SHEET_TITLE;
    (void)state;
    if (!fonts)
        skip();
    assert_non_null(s);
    assert_int_equal(fn_sheet_heading(s, "Ann", NULL, "3 faces in 2 photos"), 0);
    for (int i = 0; i < 2; i++)
        assert_int_equal(fn_sheet_add(s, &thumb, "a caption that is far too long", NULL, "x"),
                         0);
    assert_int_equal(fn_sheet_more(s, "and 1 more"), 0);
    assert_int_equal(fn_sheet_pages(s, &pages), 0);
    assert_int_equal(pages, 1);
    assert_int_equal(fn_sheet_render(s, fonts, 0, &m), 0);
    assert_int_equal(m.width,
                     2 * FN_SHEET_MARGIN + COLUMNS * (CELL + FN_SHEET_GAP) - FN_SHEET_GAP);
    assert_int_equal(m.height, top + FN_SHEET_HEADING + row + FN_SHEET_MARGIN);
    assert_true(drawn_ink(&m, left, 0, m.width, top) > 50);            /* title */
    assert_true(drawn_ink(&m, left, top + 3, m.width, top + 33) > 50); /* name */
    assert_true(drawn_ink(&m, left, top + 35, m.width, top + FN_SHEET_HEADING) > 50); /* note */
    uint32_t y = top + FN_SHEET_HEADING, second = left + CELL + FN_SHEET_GAP;
    const uint8_t *centre = m.data + (y + CELL / 2) * m.stride + 3 * (size_t)(left + CELL / 2);
    assert_int_equal(centre[0], 200);
    assert_true(drawn_ink(&m, left, y + CELL + 2, left + CELL, y + CELL + 22) > 20);
    /* A caption that is too long does not reach the next cell. */
    assert_int_equal(drawn_ink(&m, left + CELL, y, second, y + row), 0);
    /* "and 1 more" is on a tile. */
    assert_int_equal(drawn_ink(&m, second + CELL + FN_SHEET_GAP, y,
                               second + 2 * CELL + FN_SHEET_GAP, y + CELL),
                     CELL * CELL);
    fn_image_destroy(&m);
    fn_image_destroy(&thumb);
    fn_sheet_destroy(s);
    fn_sheet_destroy(NULL);
}

static void a_large_sheet_has_pages(void **state)
{
    enum { FACES = 200 };
    struct fn_sheet *s = fn_sheet_create("People", CELL, COLUMNS);
    struct fn_image thumb = red(8, 8), m;
    uint32_t pages = 0;
    (void)state;
    if (!fonts)
        skip();
    assert_int_equal(fn_sheet_heading(s, "Ann", NULL, NULL), 0);
    for (int i = 0; i < FACES; i++)
        assert_int_equal(fn_sheet_add(s, &thumb, "x", NULL, NULL), 0);
    assert_int_equal(fn_sheet_pages(s, &pages), 0);
    assert_true(pages > 1);
    size_t faces = 0;
    for (uint32_t p = 0; p < pages; p++) {
        assert_int_equal(fn_sheet_render(s, fonts, p, &m), 0);
        assert_true(m.height <= FN_SHEET_PAGE_MAX);
        /* "page 1 of 4" at the top right, the name on each page */
        assert_true(drawn_ink(&m, m.width - 110, 0, m.width, FN_SHEET_MARGIN + FN_SHEET_TITLE) >
                    50);
        assert_true(drawn_ink(&m, 0, FN_SHEET_MARGIN + FN_SHEET_TITLE + 3, m.width,
                              FN_SHEET_MARGIN + FN_SHEET_TITLE + 33) > 50);
        for (uint32_t y = FN_SHEET_MARGIN + FN_SHEET_TITLE + FN_SHEET_HEADING; y < m.height;
             y += row)
            for (uint32_t c = 0; c < COLUMNS; c++) {
                uint32_t x = FN_SHEET_MARGIN + c * (CELL + FN_SHEET_GAP);
                faces += y + CELL < m.height && drawn_ink(&m, x, y, x + CELL, y + CELL) > 0;
            }
        fn_image_destroy(&m);
    }
    assert_int_equal(faces, FACES);
    fn_image_destroy(&thumb);
    fn_sheet_destroy(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sheet_has_title_headings_faces_and_captions),
        cmocka_unit_test(a_large_sheet_has_pages),
    };
    return cmocka_run_group_tests_name("contact sheet", tests, open_fonts, close_fonts);
}
