profile = 2
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
verify_score = 0.85
nms_iou = 0.4
merge_iou = 0.4
merge_inside = 0.7
max_side = 0.55

# average the vectors of a chip and its mirror image
flip = no

# people: squared distances of unit vectors
pair_d2 = 1.08
single_d2 = 0.8
group_d2 = 0.95
net_d2 = 0.6
decade_d2 = 0.15
min_quality = 0.15

# p(same) = 1 / (1 + exp(-(a - b d2)))
logistic_a = 13
logistic_b = 13
