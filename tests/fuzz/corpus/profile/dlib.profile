profile = 2
name = dlib

# networks: file names in this directory
detector = ssd-mobilenet-v1.fnm
verifier = 
landmarks = face-api-landmarks-68.fnm
embedder = dlib-resnet-128.fnm

# detector input sizes by effort
scales_fast = 512x512
scales_normal = 512x512
scales_thorough = 512x512

# detection
candidate_score = 0.5
verify_score = 0.5
nms_iou = 0.5
merge_iou = 0.4
merge_inside = 0.7
max_side = 1

# average the vectors of a chip and its mirror image
flip = no

# people: squared distances of unit vectors
pair_d2 = 0.16
single_d2 = 0.108
group_d2 = 0.128
net_d2 = 0.085
decade_d2 = 0.021
min_quality = 0.15

# p(same) = 1 / (1 + exp(-(a - b d2)))
logistic_a = 19.2
logistic_b = 105
