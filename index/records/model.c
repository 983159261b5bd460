/* The model's values in force. */
#include "index/records/records.h"

int fn_index_model_get(struct fn_txn *t, struct fn_index_model *ret, struct fn_error *err)
{
    uint8_t b[FN_MODEL_BYTES];
    int rc = fn_meta_get(t, "model", b, sizeof b);
    if (rc == FN_ENOTFOUND)
        return fn_error_set(err, rc, "the index has no model yet");
    if (!rc)
        rc = fn_index_model_decode((struct fn_slice){b, sizeof b}, ret);
    return rc ? fn_error_set(err, rc, "the record of the index's model is damaged") : 0;
}
