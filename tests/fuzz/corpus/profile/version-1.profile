profile = 1
name = default

# networks: file names in this directory
detector = ultra-light-rfb.fnm
verifier = mtcnn-onet.fnm
landmarks = landmarks-68.fnm
embedder = mobilefacenet-128.fnm

# detector input sizes by effort
scales_fast = 320x240
scales_normal = 320x240 640x480
scales_thorough = 320x240 640x480 1280x960

# detection
candidate_score = 0.5
verify_score = 0.7
nms_iou = 0.4
merge_iou = 0.4
merge_inside = 0.7
max_side = 0.55

# average the vectors of a chip and its mirror image
flip = no

# people: squared distances of unit vectors
pair_d2 = 1.08
cluster_d2 = 0.9
neighbour_d2 = 1.1
strict_d2 = 0.6
min_quality = 0.15

# p(same) = 1 / (1 + exp(-(a - b d2)))
logistic_a = 13.2
logistic_b = 12
