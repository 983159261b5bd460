# SPDX-License-Identifier: MIT
if(TARGET fn_train)
  set(dir ${CMAKE_CURRENT_LIST_DIR})
  fn_add_test(NAME unit.tape SOURCES ${dir}/test_tape.c ${dir}/random_net.c LIBS fn_train fn_graph fn_kernels m
    LABELS unit train)
  fn_add_test(NAME unit.train_batch SOURCES ${dir}/test_train_batch.c LIBS fn_train fn_graph fn_kernels m LABELS unit train)
  fn_add_test(NAME unit.train_loss SOURCES ${dir}/test_train_loss.c LIBS fn_train m LABELS unit train)
  fn_add_test(NAME unit.optim SOURCES ${dir}/test_optim.c LIBS fn_train m LABELS unit train)
  fn_add_test(NAME unit.trainer SOURCES ${dir}/test_trainer.c ${dir}/local_pictures.c ${dir}/train_fixture.c LIBS fn_train fn_draw m LABELS unit train)
  fn_add_test(NAME unit.run SOURCES ${dir}/test_run.c ${dir}/local_pictures.c ${dir}/train_fixture.c LIBS fn_train fn_draw m
    LABELS unit train)
  fn_add_test(NAME unit.comm SOURCES ${dir}/test_comm.c ${dir}/thread_comm.c LIBS fn_train Threads::Threads LABELS unit train)
  fn_add_test(NAME unit.ranks SOURCES ${dir}/test_ranks.c ${dir}/thread_comm.c ${dir}/local_pictures.c ${dir}/train_fixture.c
    LIBS fn_train fn_draw Threads::Threads m LABELS unit train)
endif()
