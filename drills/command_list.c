/*
 * command_list.c: `redrill list` and `redrill schema`: what the tables of settings say.
 */
#include <string.h>

#include "drills/commands.h"
#include "drills/common/check.h"
#include "drills/common/provider.h"
#include "drills/common/reporter.h"
#include "drills/log.h"
#include "drills/plan.h"

enum { LIST_MAX = 4 * 1024 * 1024, LIST_DEPTH_MAX = 8 };

/* How a setting is written: its name, or the way to it through objects, lists and maps. */
static void list_name(struct rd_buf *out, const char *prefix, const struct rd_field *field)
{
    const char *tail = field->type == RD_T_LIST ? "[]" : field->type == RD_T_MAP ? ".NAME" : "";
    rd_buf_printf(out, "%s%s%s", prefix, field->name, tail);
}

static void list_facts(struct rd_buf *out, const struct rd_field *field)
{
    rd_shape_type_text(field, out);
    if (field->unit != NULL)
        rd_buf_printf(out, ", %s", field->unit);
    if ((field->flags & RD_REQUIRED) != 0)
        rd_buf_puts(out, ", required");
    if (field->fallback != NULL)
        rd_buf_printf(out, ", default %s", field->fallback);
}

static void list_row_plain(struct rd_buf *out, const char *prefix, const struct rd_field *field)
{
    rd_buf_puts(out, "    ");
    list_name(out, prefix, field);
    rd_buf_puts(out, "\n        ");
    list_facts(out, field);
    rd_buf_printf(out, "\n        %s\n", field->help);
}

/* A cell of a Markdown table: a bar would end it. */
static void list_cell(struct rd_buf *out, const char *text)
{
    for (; *text != '\0'; text++)
        rd_buf_printf(out, *text == '|' ? "\\%c" : "%c", *text);
}

static void list_row_markdown(struct rd_buf *out, const char *prefix, const struct rd_field *field)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf type = RD_BUF_INIT(LIST_MAX);

    rd_shape_type_text(field, &type);
    rd_buf_puts(out, "| `");
    list_name(out, prefix, field);
    rd_buf_puts(out, "` | ");
    list_cell(out, rd_buf_text(&type));
    if (field->unit != NULL)
        rd_buf_printf(out, " (%s)", field->unit);
    rd_buf_puts(out, " | ");
    if ((field->flags & RD_REQUIRED) != 0)
        rd_buf_puts(out, "required");
    else if (field->fallback != NULL)
        rd_buf_printf(out, "`%s`", field->fallback);
    rd_buf_puts(out, " | ");
    list_cell(out, field->help);
    rd_buf_puts(out, " |\n");
}

/* Every setting of a shape, then those of the shapes inside it. */
static void list_shape(struct rd_buf *out, const struct rd_shape *shape, const char *prefix,
                       size_t depth, bool markdown)
{
    if (depth == LIST_DEPTH_MAX)
        return;
    for (const struct rd_field *field = shape->fields; field->name != NULL; field++) {
        (markdown ? list_row_markdown : list_row_plain)(out, prefix, field);
        if (field->sub == NULL)
            continue;
        struct rd_buf inner = RD_BUF_INIT(1024);
        list_name(&inner, prefix, field);
        rd_buf_puts(&inner, ".");
        list_shape(out, field->sub, rd_buf_text(&inner), depth + 1, markdown);
        rd_buf_free(&inner);
    }
}

static void list_module(struct rd_buf *out, const char *name, const char *summary,
                        const struct rd_shape *settings, bool markdown)
{
    if (markdown)
        rd_buf_printf(out, "### `%s`\n\n%s.\n\n", name, summary);
    else
        rd_buf_printf(out, "  %s\n    %s\n", name, summary);
    if (settings != NULL && settings->fields[0].name != NULL) {
        if (markdown)
            rd_buf_puts(out, "| setting | type | default | meaning |\n| --- | --- | --- | --- |\n");
        list_shape(out, settings, "", 0, markdown);
    }
    rd_buf_puts(out, "\n");
}

static void list_heading(struct rd_buf *out, const char *heading, bool markdown)
{
    if (!markdown)
        rd_buf_printf(out, "%s\n\n", heading);
}

static void list_providers(struct rd_buf *out, bool markdown)
{
    list_heading(out, "providers", markdown);
    for (size_t i = 0; rd_providers[i] != NULL; i++)
        list_module(out, rd_providers[i]->name, rd_providers[i]->summary, rd_providers[i]->settings,
                    markdown);
}

static void list_checks(struct rd_buf *out, bool markdown)
{
    list_heading(out, "checks", markdown);
    list_module(out, "every check", "What each entry of `checks` may have", &rd_plan_check_shape,
                markdown);
    for (size_t i = 0; rd_checks[i] != NULL; i++)
        list_module(out, rd_checks[i]->name, rd_checks[i]->summary, rd_checks[i]->settings,
                    markdown);
}

static void list_reporters(struct rd_buf *out, bool markdown)
{
    list_heading(out, "reporters", markdown);
    for (size_t i = 0; rd_reporters[i] != NULL; i++)
        list_module(out, rd_reporters[i]->name, rd_reporters[i]->summary, NULL, markdown);
}

static void list_plan(struct rd_buf *out, bool markdown)
{
    list_heading(out, "plan", markdown);
    list_module(out, "plan", "The plan itself", &rd_plan_shape, markdown);
}

static const struct {
    const char *name;
    void (*list)(struct rd_buf *out, bool markdown);
} list_kinds[] = {
    {"plan", list_plan},
    {"providers", list_providers},
    {"checks", list_checks},
    {"reporters", list_reporters},
};

static int list_print(const struct rd_buf *out)
{
    struct rd_err err = RD_ERR_INIT;

    if (rd_buf_status(out, "the list", &err) != RD_OK) {
        rd_log_error(&err);
        return RD_EXIT_ERROR;
    }
    return fputs(rd_buf_text(out), stdout) < 0 ? RD_EXIT_ERROR : RD_EXIT_PASS;
}

int rd_command_list(const struct rd_invocation *invocation)
{
    RD_CLEANUP(rd_buf_free) struct rd_buf out = RD_BUF_INIT(LIST_MAX);
    const char *wanted = invocation->argument_count > 0 ? invocation->arguments[0] : NULL;
    bool found = false;

    for (size_t i = 0; i < RD_COUNT(list_kinds); i++) {
        /* Without an argument the modules; a plan's own settings are shown when asked for. */
        if (wanted == NULL ? i == 0 : strcmp(wanted, list_kinds[i].name) != 0)
            continue;
        list_kinds[i].list(&out, invocation->markdown);
        found = true;
    }
    if (!found) {
        struct rd_err err = RD_ERR_INIT;
        rd_err_set(&err, RD_E_ARGUMENT, "'%s' is not a kind of module", wanted);
        rd_err_hint(&err, "Write providers, checks, reporters or plan.");
        rd_log_error(&err);
        return RD_EXIT_USAGE;
    }
    return list_print(&out);
}

int rd_command_schema(const struct rd_invocation *invocation)
{
    RD_CLEANUP(rd_json_freep) struct rd_json *schema = NULL;
    RD_CLEANUP(rd_buf_free) struct rd_buf out = RD_BUF_INIT(LIST_MAX);
    struct rd_err err = RD_ERR_INIT;

    int code =
        invocation->record ? rd_plan_record_schema(&schema, &err) : rd_plan_schema(&schema, &err);
    if (code == RD_OK)
        code = rd_json_print(schema, true, &out, &err);
    if (code != RD_OK) {
        rd_log_error(&err);
        return RD_EXIT_ERROR;
    }
    return list_print(&out);
}
